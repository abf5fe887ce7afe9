export { absorb1 } from './one-lane'
