import { notices } from '../../state/notices.ts'

/** What the page tells its user in passing, above everything else. */
export function Notices() {
  return (
    <div class="notices" role="status">
      {notices.value.map(({ id, text, kind, action }) => (
        <p key={id} class={`notice ${kind}`}>
          <span>{text}</span>
          {action !== undefined && (
            <button type="button" class="quiet" onClick={action.run}>
              {action.label}
            </button>
          )}
        </p>
      ))}
    </div>
  )
}
