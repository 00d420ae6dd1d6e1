import { inflateRawSync } from 'node:zlib';

/** The text of a file in a zip archive; fails when it is not there. */
export function zipped(archive: Buffer, name: string): string {
  const directory = archive.readUInt32LE(archive.lastIndexOf('PK\x05\x06') + 16);
  for (let at = directory; archive.toString('latin1', at, at + 4) === 'PK\x01\x02'; ) {
    const [length, extra, comment] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const local = archive.readUInt32LE(at + 42);
    if (archive.toString('utf8', at + 46, at + 46 + length) === name) {
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      return inflateRawSync(archive.subarray(start, start + archive.readUInt32LE(at + 20))).toString();
    }
    at += 46 + length + extra + comment;
  }
  throw new Error(`no ${name} in the archive`);
}
