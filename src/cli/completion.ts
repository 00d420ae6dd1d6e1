import type { Command, Option } from 'commander';
import { catalogue } from '../contract/catalogue.ts';
import type { Io } from './io.ts';

/** One place of the command line: the words that lead there, and what may follow. */
type Place = {
  readonly words: readonly string[];
  readonly below: readonly Command[];
  readonly options: readonly Option[];
  /** Commands that there is help on, where help stands. */
  readonly topics: readonly string[];
};

/** Prints the completion script of a shell: commands, options, their values, and method names. */
export function printCompletion(io: Io, program: Command, shell: string): void {
  const script = { bash: bashScript, zsh: zshScript, fish: fishScript }[shell as 'bash' | 'zsh' | 'fish'];
  io.out(script(placesOf(program, [])));
}

function placesOf(command: Command, words: readonly string[]): Place[] {
  const topics = command.name() === 'help' ? (command.parent?.commands ?? []).map((each) => each.name()) : [];
  const place = { words, below: command.commands, options: command.options, topics };
  return [place, ...command.commands.flatMap((each) => placesOf(each, [...words, each.name()]))];
}

const methods = catalogue.map(({ name }) => name);
/** Places where a method name may stand. */
const takesMethod = ({ words }: Place): boolean => ['call', 'help'].includes(words.join(' '));
/** `/export/codes`: a place as one word. */
const pathOf = ({ words }: Place): string => words.map((word) => `/${word}`).join('');
const flagsOf = ({ long, short }: Option): string[] => [long, short].filter((flag) => flag != null);
const valuesOf = ({ words }: Place, option: Option): readonly string[] =>
  option.argChoices ?? (words[0] === 'logs' && option.long === '--method' ? methods : []);

/** What may follow at a place but for options. */
function wordsAt(place: Place): string[] {
  const below = place.below.map((each) => each.name());
  if (place.words[0] === 'completion') return ['bash', 'zsh', 'fish'];
  return takesMethod(place) ? [...below, ...place.topics, ...methods] : below;
}

/** How a shell tells of the words typed: where they begin and end, the one before the cursor, and the one under it. */
type Typed = { first: number; end: string; each: string; before: string; current: string };

/** The part that bash and zsh share: finds the place by the words before the cursor, and in `found` what may follow. */
function shellBody(places: readonly Place[], { first, end, each, before, current }: Typed): string {
  const paths = places.filter(({ words }) => words.length > 0).map((place) => `"${pathOf(place)}"`);
  return `  local current="${current}" place="" found="" i
  for ((i = ${first}; i < ${end}; i++)); do
    case "$place/${each}" in
      ${paths.join('|')}) place="$place/${each}" ;;
    esac
  done
  case "$place ${before}" in
${places.flatMap(shellCases).join('\n')}
  esac`;
}

/** The values of each option that takes one, then the words and options of the place. An empty `found` means files. */
function shellCases(place: Place): string[] {
  const path = pathOf(place);
  const taking = place.options.filter((option) => option.required);
  const values = taking.map((option) => {
    const keys = flagsOf(option).map((flag) => `"${path} ${flag}"`);
    return `    ${keys.join('|')}) found="${valuesOf(place, option).join(' ')}" ;;`;
  });
  const flags = [...new Set(['--help', ...place.options.flatMap(flagsOf)])];
  return [
    ...values,
    `    "${path} "*)
      found="${wordsAt(place).join(' ')}"
      [[ $current == -* ]] && found="${flags.join(' ')}" ;;`,
  ];
}

function bashScript(places: readonly Place[]): string {
  const typed = {
    first: 1,
    end: 'COMP_CWORD',
    each: `\${COMP_WORDS[i]}`,
    before: `\${COMP_WORDS[COMP_CWORD-1]}`,
    current: `\${COMP_WORDS[COMP_CWORD]}`,
  };
  return `# bash completion of piaoquan
_piaoquan() {
${shellBody(places, typed)}
  COMPREPLY=($(compgen -W "$found" -- "$current"))
}
complete -o default -F _piaoquan piaoquan
`;
}

function zshScript(places: readonly Place[]): string {
  const typed = {
    first: 2,
    end: 'CURRENT',
    each: `\${words[i]}`,
    before: `\${words[CURRENT-1]}`,
    current: `\${words[CURRENT]}`,
  };
  return `#compdef piaoquan
# zsh completion of piaoquan
_piaoquan() {
${shellBody(places, typed)}
  if [[ -n $found ]]; then compadd -- \${=found}; else _files; fi
}
# In a folder of fpath this file is itself the function, called for the first word; else it is sourced.
if [[ \${funcstack[1]} == _piaoquan ]]; then
  _piaoquan "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
  compdef _piaoquan piaoquan
fi
`;
}

const quoted = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function fishScript(places: readonly Place[]): string {
  const paths = places.filter(({ words }) => words.length > 0).map((place) => quoted(pathOf(place)));
  const lines = places.flatMap((place) => {
    const rule = `complete -c piaoquan -n ${quoted(`__piaoquan_at "${pathOf(place)}"`)}`;
    const below = place.below.map((each) => `${rule} -a ${each.name()} -d ${quoted(each.description())}`);
    const names = wordsAt(place).slice(place.below.length);
    const options = place.options.map((option) => {
      const short = option.short == null ? '' : ` -s ${option.short.slice(1)}`;
      const values = valuesOf(place, option).join(' ');
      const taking = !option.required ? '' : values === '' ? ' -r' : ` -x -a ${quoted(values)}`;
      return `${rule} -l ${option.long?.slice(2)}${short}${taking} -d ${quoted(option.description)}`;
    });
    return [...below, ...(names.length > 0 ? [`${rule} -a ${quoted(names.join(' '))}`] : []), ...options];
  });
  return `# fish completion of piaoquan
function __piaoquan_at
  set -l place ''
  for word in (commandline -opc)[2..]
    contains -- "$place/$word" ${paths.join(' ')}; and set place "$place/$word"
  end
  test "$place" = "$argv[1]"
end
complete -c piaoquan -f
complete -c piaoquan -n '__piaoquan_at /import/codes' -F
${lines.join('\n')}
`;
}
