/** Where a field stands in a form: names, and places in lists. */
export type FieldPath = readonly (string | number)[];

/**
 * The field of a form that a refusal is about: the one whose place is the end of the path, and of several the longest,
 * since a form may be for a part of a request.
 * @param argument path as errors tell it: `activity.segments[1].end_time`
 * @param places fields that the form shows
 */
export function refusedField(argument: string, places: readonly FieldPath[]): FieldPath | undefined {
  const path = argument.split(/[.[\]]+/).filter((part) => part !== '');
  const fits = places.filter(
    (place) =>
      place.length > 0 && place.every((part, index) => String(part) === path[path.length - place.length + index]),
  );
  return fits.toSorted((a, b) => b.length - a.length)[0];
}
