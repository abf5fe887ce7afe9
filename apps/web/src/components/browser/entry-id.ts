/** The id of the list, by which the keyboard finds it. */
export const LIST_ID = 'entries'

/** The id of an entry in the document. @param index among those that are shown */
export function idOf(index: number): string {
  return `entry-${index}`
}

/** @returns the index of the entry that an event happened on; undefined if on none */
export function indexAt(target: EventTarget | null): number | undefined {
  const element = target instanceof Element ? target.closest('[role=option]') : null
  return element === null ? undefined : Number(element.id.slice('entry-'.length))
}

/** Gives the keyboard to the list. */
export function focusList(): void {
  document.getElementById(LIST_ID)?.focus({ preventScroll: true })
}
