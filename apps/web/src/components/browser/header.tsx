import { AccountButton } from '../account/account-button.tsx'
import { Breadcrumbs } from './breadcrumbs.tsx'
import { FilterBox } from './filter-box.tsx'

/** Where the user is, what is looked for, and who the user is. */
export function Header() {
  return (
    <header class="header">
      <Breadcrumbs />
      <FilterBox />
      <AccountButton />
    </header>
  )
}
