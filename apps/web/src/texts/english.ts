import { shareEnglish } from './share-english.ts'
import { uploadEnglish } from './upload-english.ts'

/** `1 item`, `2 items`. @param shown the count as the reader writes it */
function items(count: number, shown: string = String(count)): string {
  return `${shown} ${count === 1 ? 'item' : 'items'}`
}

/** One name as it is, several as a count. */
function what(names: readonly string[]): string {
  return names.length === 1 ? `“${names[0]}”` : items(names.length)
}

/** Everything that the page says, in English. Every other language has the same texts, or the page does not compile. */
export const english = {
  home: 'Home',
  close: 'Close',
  cancel: 'Cancel',
  breadcrumbs: 'Folders on the way here',
  toolbar: 'Commands',
  login: {
    title: 'Log in',
    user: 'User name',
    password: 'Password',
    remember: 'Stay logged in on this device',
    submit: 'Log in',
    wrong: 'The user name or the password is wrong.',
    ended: 'Your session has ended. Log in again.',
    withoutLogin: 'Continue without logging in',
  },
  lost: {
    title: 'The server does not answer',
    retry: 'Try again',
  },
  account: {
    /** @param name of the account */
    menu: (name: string) => `Account ${name}`,
    guest: 'Guest',
    changePassword: 'Change password',
    sessions: 'Where I am logged in',
    tokens: 'Tokens for programs',
    logOut: 'Log out',
    thisBrowser: 'This browser',
    lastUsed: (time: string) => `Last used ${time}`,
    end: 'Log out',
  },
  password: {
    present: 'Present password',
    next: 'New password',
    again: 'New password, once more',
    effect: 'All other browsers are logged out.',
    submit: 'Change',
    changed: 'The password has been changed.',
    wrong: 'The present password is wrong.',
    different: 'The two new passwords are different.',
  },
  tokens: {
    purpose: 'A program such as curl or rclone can log in with a token in place of your password.',
    name: 'What is the token for?',
    add: 'Make a token',
    shownOnce: 'Copy the token now: it is not shown again.',
    created: (time: string) => `Made ${time}`,
    revoke: 'Revoke',
  },
  commands: {
    newFolder: 'New folder',
    download: 'Download',
    rename: 'Rename',
    move: 'Move',
    copy: 'Copy',
    paste: 'Paste',
    remove: 'Delete',
    details: 'Details',
    help: 'Keyboard shortcuts',
    deleteKey: 'Delete',
    ctrl: (key: string) => `Ctrl+${key}`,
  },
  layout: { list: 'Show as a list', grid: 'Show as a grid' },
  sort: { label: 'Sort', name: 'Name', time: 'Changed', size: 'Size' },
  filter: { label: 'Filter' },
  selection: {
    count: (count: number, shown: string = String(count)) => `${shown} selected`,
    clear: 'Select nothing',
  },
  status: {
    count: items,
    loading: 'Loading …',
    quota: (used: string, limit: string) => `${used} of ${limit} used`,
    free: (free: string) => `${free} free`,
  },
  empty: {
    nothing: 'This folder is empty.',
    invitation: 'Drop files or folders here to upload them.',
    noMatch: (text: string) => `No name contains “${text}”.`,
  },
  newFolder: { title: 'New folder', name: 'Name', submit: 'Create' },
  rename: { title: 'Rename', name: 'New name', submit: 'Rename' },
  remove: {
    done: (names: readonly string[]) => `Deleted ${what(names)}`,
    undo: 'Undo',
  },
  download: {
    tooMany: 'Too many names for one archive: select fewer, or download the whole folder.',
  },
  transfer: {
    moveTitle: (count: number) => `Move ${items(count)} to`,
    copyTitle: (count: number) => `Copy ${items(count)} to`,
    moveHere: 'Move here',
    copyHere: 'Copy here',
    up: 'Up',
    noFolders: 'There are no folders in here.',
    moved: (count: number, folder: string) => `Moved ${items(count)} to “${folder}”`,
    copied: (count: number, folder: string) => `Copied ${items(count)} to “${folder}”`,
    taken: (names: readonly string[]) =>
      names.length === 1 ? `${what(names)} already exists there` : `${what(names)} already exist there`,
    replace: 'Replace',
  },
  details: {
    title: 'Details',
    name: 'Name',
    folder: 'Folder',
    changed: 'Changed',
    size: 'Size',
    bytes: (count: string) => `${count} bytes`,
    computing: 'computing …',
  },
  viewer: {
    previous: 'Previous',
    next: 'Next',
    position: (index: number, count: number) => `${index} of ${count}`,
    cannot: 'This browser cannot show the file. You can download it.',
    cut: (size: string) => `Only the first ${size} are shown.`,
  },
  help: {
    title: 'Keyboard shortcuts',
    keys: [
      ['↑ ↓ ← →', 'Move through the entries'],
      ['Shift + ↑ ↓', 'Select several'],
      ['Space', 'Select one more, or one less'],
      ['Enter', 'Open'],
      ['A … Z, 0 … 9', 'Go to the name that begins with what you type'],
      ['Backspace', 'Go to the folder above'],
      ['F2', 'Rename'],
      ['Delete', 'Delete'],
      ['Ctrl + A', 'Select everything'],
      ['Ctrl + C, X, V', 'Copy, cut, paste'],
      ['/', 'Filter'],
      ['Esc', 'Select nothing, filter nothing'],
      ['?', 'This list'],
    ] as readonly (readonly [key: string, meaning: string])[],
  },
  errors: {
    unexpected: 'Something unexpected happened.',
    /** @param message what the server said, in English */
    other: (message: string) => `The server refused: ${message}.`,
    /** By the code of the server. */
    byCode: {
      lost: 'The server does not answer. Check the connection and try again.',
      not_found: 'It is no longer there.',
      forbidden: 'You do not have the right to do that.',
      exists: 'The name is taken.',
      quota: 'Your space on this server is full.',
      no_space: 'The disk of the server is full.',
      busy: 'The server is busy. Try again in a moment.',
    } as Readonly<Record<string, string>>,
  },
  upload: uploadEnglish,
  share: shareEnglish,
}

/** The texts of one language. */
export type Texts = typeof english
