/** Whether a moment lies in times that clients may ask for: from 1970 to 9999. */
export function isWithinReach(moment: Date): boolean {
  const year = moment.getUTCFullYear();
  return year >= 1970 && year <= 9999;
}
