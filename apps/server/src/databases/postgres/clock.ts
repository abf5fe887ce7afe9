/**
 * A time in microseconds since 1970: the value in this position or, if it is null, the present time. All servers use the
 * clock of the database, because their own may differ.
 */
export function timeIn(position: `$${number}`): string {
  return `coalesce(${position}::bigint, trunc(extract(epoch FROM clock_timestamp()) * 1000000)::bigint)`
}
