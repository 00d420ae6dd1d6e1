import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { createNovelty } from './novelty.ts';

/**
 * How the camera is: `insecure` where the page did not come over https, `refused` by the user, `missing` if there is none,
 * `unloaded` when the program that reads codes could not be had from the server.
 */
export type CameraState = 'off' | 'starting' | 'on' | 'insecure' | 'refused' | 'missing' | 'unloaded';

/** Finds the text of a QR code in what the camera shows at this moment. */
type Reader = (video: HTMLVideoElement) => Promise<string | undefined>;

/** The browser's own reader, where it has one (Shape Detection API). */
type Detector = { detect: (source: HTMLVideoElement) => Promise<{ rawValue: string }[]> };
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const LOOK_MS = 120;
/** Larger frames take longer and are read no better. */
const MOST_PIXELS = 640;

async function openReader(): Promise<Reader> {
  const own = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (own !== undefined && (await own.getSupportedFormats().catch((): string[] => [])).includes('qr_code')) {
    const detector = new own({ formats: ['qr_code'] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { default: jsQR } = await import('jsqr');
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  return async (video) => {
    const scale = Math.min(1, MOST_PIXELS / Math.max(video.videoWidth, video.videoHeight));
    canvas.width = Math.round(video.videoWidth * scale);
    canvas.height = Math.round(video.videoHeight * scale);
    if (canvas.width === 0) return undefined;
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    return jsQR(data, width, height, { inversionAttempts: 'dontInvert' })?.data;
  };
}

const openCamera = (): Promise<MediaStream> =>
  navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: 'environment' }, width: { ideal: 1280 }, height: { ideal: 720 } },
  });

function faultOf(error: unknown): CameraState {
  if (!(error instanceof DOMException)) return 'unloaded';
  return error.name === 'NotAllowedError' || error.name === 'SecurityError' ? 'refused' : 'missing';
}

/** Looks again and again until told to end; a look that fails, as between two frames, is followed by the next. */
function watch(video: HTMLVideoElement, read: Reader, found: (text: string) => void): () => void {
  const novel = createNovelty();
  let ended = false;
  const look = async (): Promise<void> => {
    while (!ended) {
      const text = novel(await read(video).catch(() => undefined), Date.now());
      if (text !== undefined && !ended) found(text);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  };
  void look();
  return () => {
    ended = true;
  };
}

const hasTorch = (track: MediaStreamTrack | undefined): boolean =>
  (track?.getCapabilities?.() as { torch?: boolean } | undefined)?.torch === true;

/**
 * Reads QR codes with the camera of the device, its back one where there are two, and shows what it sees in a video.
 * @param onCode told each code once as it comes before the camera
 */
export function useScanner(video: RefObject<HTMLVideoElement | null>, onCode: (text: string) => void) {
  const [state, setState] = useState<CameraState>('off');
  const [torch, setTorch] = useState<boolean>();
  const stream = useRef<MediaStream>(undefined);
  const end = useRef<() => void>(undefined);
  const latest = useRef(onCode);
  latest.current = onCode;
  const stop = useCallback(() => {
    end.current?.();
    for (const track of stream.current?.getTracks() ?? []) track.stop();
    stream.current = undefined;
    setTorch(undefined);
    setState('off');
  }, []);
  const start = useCallback(async () => {
    if (navigator.mediaDevices?.getUserMedia === undefined) return setState('insecure');
    setState('starting');
    try {
      const [read, opened] = await Promise.all([openReader(), openCamera()]);
      const shown = video.current;
      if (shown === null) {
        for (const track of opened.getTracks()) track.stop();
        return;
      }
      stream.current = opened;
      shown.srcObject = opened;
      await shown.play();
      end.current = watch(shown, read, (text) => latest.current(text));
      setTorch(hasTorch(opened.getVideoTracks()[0]) ? false : undefined);
      setState('on');
    } catch (error) {
      stop();
      setState(faultOf(error));
    }
  }, [video, stop]);
  const light = useCallback(async (on: boolean) => {
    const torchOf = { advanced: [{ torch: on }] } as unknown as MediaTrackConstraints;
    await stream.current?.getVideoTracks()[0]?.applyConstraints(torchOf);
    setTorch(on);
  }, []);
  useEffect(() => stop, [stop]);
  return { state, start, stop, torch, light };
}
