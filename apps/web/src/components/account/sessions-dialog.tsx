import { endSession, listSessions, type SessionInfo } from '../../api/account.ts'
import { formatExactTime } from '../../format/date.ts'
import { notifyError } from '../../state/notices.ts'
import { texts } from '../../texts/texts.ts'
import { Dialog } from '../common/dialog.tsx'
import { useLoaded } from '../common/use-loaded.ts'

/** Where the account is logged in; each of these logins can be ended. */
export function SessionsDialog() {
  const words = texts.account
  const { value: sessions, reload } = useLoaded<readonly SessionInfo[]>(listSessions, [])
  return (
    <Dialog title={words.sessions}>
      <ul class="records">
        {sessions.map(({ id, address, used, isCurrent }) => (
          <li key={id}>
            <div>
              <strong>{isCurrent ? words.thisBrowser : address}</strong>
              <p class="soft">{words.lastUsed(formatExactTime(used))}</p>
            </div>
            {!isCurrent && (
              <button
                type="button"
                class="danger"
                aria-label={`${words.end} ${address}`}
                onClick={() => void endSession(id).catch(notifyError).then(reload)}
              >
                {words.end}
              </button>
            )}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
