import axe from 'axe-core'
import type { Page } from 'playwright-core'

/** Axe runs inside the page, whose own rules allow no foreign script. */
export const WITH_AXE = { bypassCSP: true }

/** The rules for pages that everybody can use that a view breaks, and where. */
export async function findings(page: Page): Promise<unknown> {
  await page.addScriptTag({ content: axe.source })
  return await page.evaluate(
    'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
  )
}
