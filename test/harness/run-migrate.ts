import { migrate } from '../../src/database/migrate.ts';
import { connect } from '../../src/database/pool.ts';

// A process that migrates the database of its first argument with the folder of its second, and the functions of its third,
// and tells what it applied.
const sql = connect(process.argv[2] ?? '', { max: 2 });
const [, , , migrations = '', functions = ''] = process.argv;
console.log(JSON.stringify(await migrate(sql, { migrations, functions: [functions] }, { kind: 'sandbox' })));
await sql.end();
