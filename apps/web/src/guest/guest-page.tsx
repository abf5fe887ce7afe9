import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError } from '../api/api-error.ts'
import { type LinkTarget, readLink } from '../api/link.ts'
import { Notices } from '../components/common/notices.tsx'
import { texts } from '../texts/texts.ts'
import { FileLink } from './file-link.tsx'
import { FolderLink } from './folder-link.tsx'
import { LinkPassword } from './link-password.tsx'
import { UploadLink } from './upload-link.tsx'

type LinkState =
  | { readonly type: 'unknown' }
  | { readonly type: 'locked'; readonly isWrong: boolean }
  | { readonly type: 'gone' }
  | { readonly type: 'lost' }
  | { readonly type: 'open'; readonly target: LinkTarget }

/** What somebody sees who has been sent a share link. @param base the URL of the link */
export function GuestPage({ base }: { readonly base: string }) {
  const state = useSignal<LinkState>({ type: 'unknown' })

  async function open(password?: string): Promise<void> {
    try {
      state.value = { type: 'open', target: await readLink(base, password) }
    } catch (error) {
      state.value = stateAfter(error, password !== undefined)
    }
  }

  useEffect(() => {
    void open()
  }, [])
  return (
    <>
      <Screen
        state={state.value}
        base={base}
        onOpen={(password) => void open(password)}
        onLocked={() => {
          state.value = { type: 'locked', isWrong: false }
        }}
      />
      <Notices />
    </>
  )
}

interface ScreenProps {
  readonly state: LinkState
  readonly base: string
  readonly onOpen: (password?: string) => void
  /** The server wants the password again. */
  readonly onLocked: () => void
}

function Screen({ state, base, onOpen, onLocked }: ScreenProps) {
  const words = texts.share.guest
  switch (state.type) {
    case 'unknown':
      return null
    case 'locked':
      return <LinkPassword isWrong={state.isWrong} onPassword={onOpen} />
    case 'gone':
      return (
        <main class="centered">
          <h1>{words.goneTitle}</h1>
          <p class="soft">{words.gone}</p>
        </main>
      )
    case 'lost':
      return (
        <main class="centered">
          <h1>{texts.lost.title}</h1>
          <button type="button" class="primary" onClick={() => onOpen()}>
            {texts.lost.retry}
          </button>
        </main>
      )
    case 'open':
      return <Target target={state.target} base={base} onLocked={onLocked} />
    default:
      return state satisfies never
  }
}

interface TargetProps {
  readonly target: LinkTarget
  readonly base: string
  readonly onLocked: () => void
}

function Target({ target, base, onLocked }: TargetProps) {
  switch (target.kind) {
    case 'file':
      return <FileLink file={target} base={base} />
    case 'folder':
      return <FolderLink name={target.name} base={base} />
    case 'upload':
      return <UploadLink base={base} onLocked={onLocked} />
    default:
      return target satisfies never
  }
}

function stateAfter(error: unknown, hasPassword: boolean): LinkState {
  if (!(error instanceof ApiError)) throw error
  if (error.status === 401) return { type: 'locked', isWrong: hasPassword }
  return { type: error.status === 404 ? 'gone' : 'lost' }
}
