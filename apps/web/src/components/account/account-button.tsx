import { useSignal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { LinksDialog } from '../../share/links-dialog.tsx'
import { openDialog } from '../../state/dialog.ts'
import { notifyError } from '../../state/notices.ts'
import { isAnonymous, logOut, session, wantsLogin } from '../../state/session.ts'
import { texts } from '../../texts/texts.ts'
import { Icon } from '../common/icon.tsx'
import { Menu } from '../common/menu.tsx'
import { MenuItem } from '../common/menu-item.tsx'
import { HelpDialog } from '../dialogs/help-dialog.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { SessionsDialog } from './sessions-dialog.tsx'
import { TokensDialog } from './tokens-dialog.tsx'

/** Who is logged in, and everything that concerns the account. */
export function AccountButton() {
  const at = useSignal<{ x: number; y: number } | undefined>(undefined)
  const button = useRef<HTMLButtonElement>(null)
  const words = texts.account
  const name = session.value.status === 'in' ? session.value.account.name : ''
  const show = (dialog: typeof openDialog.value) => (): void => {
    openDialog.value = dialog
  }

  function open(): void {
    const box = button.current?.getBoundingClientRect()
    if (box !== undefined) at.value = { x: box.right - 232, y: box.bottom + 4 }
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        class="account"
        aria-haspopup="menu"
        aria-expanded={at.value !== undefined}
        onClick={open}
      >
        <Icon name="user" />
        <bdi>{isAnonymous() ? words.guest : name}</bdi>
      </button>
      {at.value !== undefined && (
        <Menu
          label={words.menu(name)}
          at={at.value}
          onClose={() => {
            at.value = undefined
          }}
        >
          {isAnonymous() ? (
            <MenuItem
              icon="user"
              label={texts.login.submit}
              onClick={() => {
                wantsLogin.value = true
              }}
            />
          ) : (
            <>
              <MenuItem icon="rename" label={words.changePassword} onClick={show(<PasswordDialog />)} />
              <MenuItem icon="info" label={words.sessions} onClick={show(<SessionsDialog />)} />
              <MenuItem icon="link" label={texts.share.list} onClick={show(<LinksDialog />)} />
              <MenuItem icon="link" label={words.tokens} onClick={show(<TokensDialog />)} />
            </>
          )}
          <MenuItem icon="help" label={texts.commands.help} shortcut="?" onClick={show(<HelpDialog />)} />
          {!isAnonymous() && (
            <MenuItem icon="back" label={words.logOut} onClick={() => void logOut().catch(notifyError)} />
          )}
        </Menu>
      )}
    </>
  )
}
