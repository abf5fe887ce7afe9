import { formatRoute, path } from '../../state/route.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'
import { dropTarget } from './drop-target.ts'

/** The way from the home to the folder that is shown: each folder on it can be opened. */
export function Breadcrumbs() {
  const names = path.value
  return (
    <nav class="breadcrumbs" aria-label={texts.breadcrumbs}>
      <a
        href={formatRoute([])}
        {...dropTarget([])}
        aria-label={texts.home}
        aria-current={names.length === 0 ? 'page' : undefined}
      >
        <Icon name="home" />
        {names.length === 0 && <span>{texts.home}</span>}
      </a>
      {names.map((name, index) => (
        <a
          key={index}
          href={formatRoute(names.slice(0, index + 1))}
          {...dropTarget(names.slice(0, index + 1))}
          aria-current={index === names.length - 1 ? 'page' : undefined}
        >
          <Icon name="next" />
          <bdi title={name}>{name}</bdi>
        </a>
      ))}
    </nav>
  )
}
