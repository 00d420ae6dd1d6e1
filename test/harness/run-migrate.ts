import { migrate } from '../../src/database/migrate.ts';
import { connect } from '../../src/database/pool.ts';

// A process that migrates the database of its first argument with the folder of its second and tells what it applied.
const sql = connect(process.argv[2] ?? '', { max: 2 });
console.log(JSON.stringify(await migrate(sql, process.argv[3] ?? '', { kind: 'sandbox' })));
await sql.end();
