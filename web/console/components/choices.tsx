type Props<Value> = {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
};

/** A choice among few, all of them in sight. */
export function Choices<Value extends string>({ label, value, options, onChange }: Props<Value>) {
  return (
    <fieldset className="console-choices" aria-label={label}>
      {options.map((each) => (
        <button key={each.value} type="button" aria-pressed={each.value === value} onClick={() => onChange(each.value)}>
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}
