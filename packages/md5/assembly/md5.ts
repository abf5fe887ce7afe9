export { absorb1 } from './one-lane'
export { absorb4 } from './four-lanes'
export { absorb8 } from './eight-lanes'
