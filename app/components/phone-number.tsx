/** A phone number with its digits in groups, left to right in every language. */
export function PhoneNumber({ e164, className }: { e164: string; className?: string }) {
  return (
    <span dir="ltr" className={`tabular whitespace-nowrap ${className ?? ""}`}>
      {groupDigits(e164)}
    </span>
  );
}

const oneDigitCodes = /^[17]/;
const twoDigitCodes = /^(?:2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/;

/** Where people write their numbers otherwise: country code and length of what follows, then the groups. */
const customs: Record<string, number[]> = {
  "1:10": [3, 3, 4],
  "34:9": [3, 3, 3],
  "44:10": [4, 6],
  "51:9": [3, 3, 3],
  "52:11": [1, 2, 4, 4],
  "54:11": [1, 2, 4, 4],
  "55:11": [2, 5, 4],
  "57:10": [3, 3, 4],
};

/** `+525512345678` becomes `+52 55 1234 5678`: country code, then groups as they are read out there, else of four. */
export function groupDigits(e164: string): string {
  const digits = /^\+(\d{7,15})$/.exec(e164)?.[1];
  if (!digits) return e164;
  const codeLength = oneDigitCodes.test(digits) ? 1 : twoDigitCodes.test(digits) ? 2 : 3;
  const code = digits.slice(0, codeLength);
  const rest = digits.slice(codeLength);
  const lengths = customs[`${code}:${rest.length}`] ?? fours(rest.length);
  let from = 0;
  const groups = lengths.map((length) => {
    from += length;
    return rest.slice(from - length, from);
  });
  return `+${[code, ...groups].join(" ")}`;
}

/** Groups of four counted from the end; what is left over comes first. */
function fours(length: number): number[] {
  const whole = Array<number>(Math.floor(length / 4)).fill(4);
  return length % 4 === 0 ? whole : [length % 4, ...whole];
}
