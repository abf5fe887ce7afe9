/** The name of a copy beside a file of the same name: `photo.jpg`, `photo (2).jpg`, `photo (3).jpg`. */
export function copyName(name: string, copy: number): string {
  const dot = name.lastIndexOf('.')
  const end = dot > 0 ? dot : name.length
  return `${name.slice(0, end)} (${copy})${name.slice(end)}`
}
