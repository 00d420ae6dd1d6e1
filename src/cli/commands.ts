import { Argument, Command, Option } from 'commander';
import { readClientConfig } from '../config.ts';
import { EXIT_HELP, type Io, withClient } from './io.ts';

const signMethod = (): Option =>
  new Option('--sign-method <method>', 'digest of the signature')
    .choices(['md5', 'hmac', 'hmac-sha256'])
    .default('hmac-sha256');
const language = (): Option =>
  new Option('--lang <language>', 'language of explanations (else by LANG)').choices(['zh', 'en']);

/** A command that can answer in JSON. */
const add = (parent: Command, nameAndArguments: string, description: string): Command =>
  parent.command(nameAndArguments).description(description).option('--json', 'answer in JSON');

/** The `piaoquan` command with all below it. What a command does is loaded when it is asked for, since that takes time. */
export function commandLine(io: Io): Command {
  const program = new Command('piaoquan')
    .description('Piaoquan 票券: tickets and benefits over the TOP protocol')
    .helpCommand(false)
    .addHelpText('after', EXIT_HELP);
  addServers(program, io);
  addOperators(program, io);
  addKeys(program, io);
  addCalls(program, io);
  addApps(program, io);
  addCodes(program, io);
  addSandbox(program, io);
  addWatching(program, io);
  addHelp(program, io);
  return program;
}

/** `run` of main.ts prints and ends by itself. */
const startServer = async (sandbox: boolean): Promise<void> => (await import('../main.ts')).run(sandbox);
const database = () => import('./database.ts');

function addServers(program: Command, io: Io): void {
  program
    .command('sandbox')
    .description('start the sandbox, as npm start does')
    .action(() => startServer(true));
  program
    .command('serve')
    .description('start in production: needs DATABASE_URL and PIAOQUAN_MASTER_KEY, loads no demo data')
    .action(() => startServer(false));
  add(program, 'migrate', 'bring the database to this release').action(async (options) =>
    (await database()).migrateDatabase(io, options),
  );
  add(program, 'audit', 'prove that every counter equals its ledger, on a live system; ends with 3 when not').action(
    async (options) => (await database()).auditDatabase(io, options),
  );
  const counters = program.command('counters').description('counters in the database itself');
  add(counters, 'advance', 'after a restore of an older backup, move ahead whatever numbers and codes come from')
    .option('--numbers <count>', 'numbers of one kind that may have gone out since the backup', '1000000')
    .option('--codes <count>', 'codes of one voucher batch that may have been made or issued since', '10000')
    .action(async (options) => (await database()).advance(io, options));
  const app = program.command('app').description('apps in the database itself, for the first of them');
  add(app, 'create', 'make an app; prints its key and, once, its secret')
    .requiredOption('--name <name>', 'name that users see when they authorise it')
    .option('--package <package...>', 'permission packages, all unless given')
    .option('--callback <url...>', 'addresses that /authorize may send users back to')
    .action(async (options) => (await database()).createNewApp(io, options));
  const session = program.command('session').description('session keys of users, in the database itself');
  add(session, 'create', 'issue a session key to an app for a user, who is made when new')
    .requiredOption('--app-key <key>', 'key of the app')
    .requiredOption('--user-id <id>', 'number of the user')
    .requiredOption('--nick <nick>', 'nick of the user')
    .action(async (options) => (await database()).createSession(io, options));
}

/** The master key in the database itself. */
function addKeys(program: Command, io: Io): void {
  const key = program.command('key').description('the master key that seals secrets, in the database itself');
  add(key, 'rotate', 'seal everything anew under the new master key, while servers run; may be run again').action(
    async (options) => (await import('./keys.ts')).rotateMasterKey(io, options),
  );
}

/** Operators in the database itself: for an owner whom the console does not let in. */
function addOperators(program: Command, io: Io): void {
  const operator = program.command('operator').description('operators of the console, in the database itself');
  const doing = () => import('./operators.ts');
  add(operator, 'unlock', 'let an operator log in again who is locked out for wrong passwords')
    .requiredOption('--login <login>', 'login of the operator')
    .action(async (options) => (await doing()).unlockOperator(io, options));
  add(operator, 'link', 'print a one-time link that sets a new password and takes the second factor away')
    .requiredOption('--login <login>', 'login of the operator')
    .action(async (options) => (await doing()).linkOperator(io, options));
}

function addCalls(program: Command, io: Io): void {
  const call = add(program, 'call', 'call a method, e.g. call taobao.time.get')
    .argument('[method]', 'name of the method; with --help all about it, without one all names')
    .argument('[parameters...]', 'name=value pairs, or one JSON object')
    .helpOption(false)
    .option('-h, --help', 'say all about the method, from its contract');
  withClient(call)
    .addOption(signMethod())
    .addOption(new Option('--format <format>', 'spelling of the answer').choices(['json', 'xml']).default('json'))
    .option('--simplify', 'simplified JSON')
    .option('--show-request', 'print the signed request and the text that was signed')
    .addOption(language())
    .action(async (method: string | undefined, words: string[], options) => {
      if (options.help) return printHelp(io, program, method === undefined ? ['call'] : [method], options);
      if (method === undefined) call.error("error: missing required argument 'method'");
      return (await import('./call.ts')).callMethod(io, method as string, words, options);
    });
  add(program, 'sign', 'sign parameters and print the text that is signed; --explain tells why a signature is wrong')
    .argument('[parameters...]', 'name=value pairs, a JSON object, a URL, a query string or a curl line; else stdin')
    .option('--secret <secret>', "secret of the app (PIAOQUAN_APP_SECRET, else the sandbox's)")
    .addOption(signMethod())
    .option('--explain', 'check the sign among the parameters; ends with 3 when it is wrong')
    .addOption(language())
    .action(async (words: string[], options) => (await import('./sign.ts')).signParameters(io, words, options));
}

const ROTATE = 'make a new secret; the old one serves on for a day unless told otherwise';

function addApps(program: Command, io: Io): void {
  const apps = program.command('apps').description('apps that may call, through the piaoquan.* methods');
  const doing = () => import('./apps.ts');
  withClient(add(apps, 'list', 'the apps, without secrets')).action(async (options) =>
    (await doing()).listApps(io, options),
  );
  withClient(add(apps, 'show <app>', 'one app')).action(async (app: string, options) =>
    (await doing()).showApp(io, app, options),
  );
  withClient(add(apps, 'create', 'make an app; prints its key and, once, its secret'))
    .requiredOption('--name <name>', 'name that users see when they authorise it')
    .requiredOption('--package <package...>', 'permission packages')
    .option('--callback <url...>', 'addresses that /authorize may send users back to')
    .option('--unique-id <id>', 'your key of the creation: the same again makes no second app')
    .action(async (options) => (await doing()).makeApp(io, options));
  withClient(add(apps, 'rotate <app>', ROTATE))
    .option('--overlap <seconds>', 'how long the old secret serves on; 0 ends it at once', '86400')
    .action(async (app: string, options) => (await doing()).rotateSecret(io, app, options));
}

const EXPORT_HELP = `
A cursor is kept beside the file in <file>.cursor. An export that was cut short goes on where it stopped; a finished one,
asked for again, appends what has come since. XLSX cannot be appended to: its rows wait in <file>.part till the end.`;

function addCodes(program: Command, io: Io): void {
  const exporting = program.command('export').description('take data out');
  withClient(add(exporting, 'codes <batch>', 'the codes of a voucher batch, or its redemptions'))
    .requiredOption('--partner <code>', 'code of the partner')
    .addOption(
      new Option('--type <type>', 'ALL: every code; CONSUME: redemptions').choices(['ALL', 'CONSUME']).default('ALL'),
    )
    .option('-o, --output <file>', 'file to write (.csv, .jsonl, .xlsx); standard output unless given')
    .addOption(new Option('--format <format>', 'else by the ending of the file').choices(['csv', 'jsonl', 'xlsx']))
    .option('--restart', 'begin anew, over a file that is there')
    .addHelpText('after', EXPORT_HELP)
    .action(async (batch: string, options) => (await import('./export.ts')).exportCodes(io, batch, options));
  const importing = program.command('import').description('bring data in');
  withClient(add(importing, 'codes <file>', "codes of one's own from a CSV file into a voucher batch"))
    .requiredOption('--batch <batch>', 'id of the batch')
    .option('--column <column>', 'heading or number of the column of the codes, where it is not found')
    .option('--skip-bad-lines', 'bring in the good lines though others are bad')
    .option('--import-id <id>', 'your number of the import; made from the content unless given')
    .action(async (file: string, options) => (await import('./import.ts')).importCodes(io, file, options));
}

function addSandbox(program: Command, io: Io): void {
  const seed = add(program, 'seed', 'let a sandbox live: draws, orders, receives, sends and redemptions by calls');
  withClient(seed)
    .option('--draws <count>', 'draws from prizePool_open', '200')
    .option('--orders <count>', 'ticket orders; four of five are paid', '40')
    .option('--receives <count>', 'send plans received', '60')
    .option('--sends <count>', 'benefits sent', '60')
    .option('--codes <count>', 'voucher codes issued; half of them are redeemed', '60')
    .option('--run <name>', 'name in the business keys: the same run again doubles nothing')
    .action(async (options) => (await import('./seed.ts')).seed(io, options));
  add(program, 'reset', 'drop the data of the sandbox and make it anew, with the demo data')
    .option('--yes', 'also when it is a database of your own (DATABASE_URL)')
    .action(async (options) => (await import('./reset.ts')).reset(io, options));
}

function addWatching(program: Command, io: Io): void {
  withClient(add(program, 'logs', 'the call log: when, app, method, error, duration, request_id'))
    .option('-f, --follow', 'go on with new calls until Ctrl-C')
    .option('-n, --lines <count>', 'how many calls to begin with', '50')
    .option('--app <key>', "calls of this app (else the caller's own)")
    .option('--method <method>', 'calls of this method')
    .option('--errors', 'only calls that were refused, by an error or within the answer')
    .action(async (options) => (await import('./logs.ts')).showLogs(io, options));
  withClient(
    add(program, 'doctor', 'check everything that a sandbox or a caller needs; ends with 3 on a fault'),
  ).action(async (options) => (await import('./doctor.ts')).doctor(io, options));
  program
    .command('completion')
    .description('print a completion script, e.g. source <(piaoquan completion bash)')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: string) => (await import('./completion.ts')).printCompletion(io, program, shell));
}

function addHelp(program: Command, io: Io): void {
  add(program, 'help [topic...]', 'say all about a command or a method')
    .addOption(language())
    .action((topic: string[], options) => printHelp(io, program, topic, options));
}

type HelpOptions = { lang?: 'zh' | 'en'; json?: true };

/** Help of the whole, of a command by its words, or of a method. */
async function printHelp(io: Io, program: Command, topic: readonly string[], options: HelpOptions): Promise<void> {
  const lang = options.lang ?? readClientConfig(io.env).language;
  let command: Command = program;
  for (const word of topic) {
    const below: Command | undefined = command.commands.find((each) => each.name() === word);
    if (below === undefined) return (await import('./help.ts')).printMethodHelp(io, word, lang, options.json);
    command = below;
  }
  command.outputHelp();
  if (command.name() === 'call') io.out(`\nMethods:\n${(await import('./help.ts')).methodList(lang)}`);
}
