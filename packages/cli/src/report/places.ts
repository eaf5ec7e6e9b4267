/** Returns whether a `file:line` stands before another; files go by name. */
export function isEarlier(place: string, other: string): boolean {
  const [file, line] = splitPlace(place);
  const [otherFile, otherLine] = splitPlace(other);
  return file === otherFile ? line < otherLine : file < otherFile;
}

function splitPlace(place: string): readonly [string, number] {
  const colon = place.lastIndexOf(':');
  return [place.slice(0, colon), Number(place.slice(colon + 1))];
}
