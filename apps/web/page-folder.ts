/** The folder of the built page: `index.html` and `assets/`. In a packed server, it stands beside the code. */
export const PAGE_FOLDER = new URL('page/', import.meta.url)
