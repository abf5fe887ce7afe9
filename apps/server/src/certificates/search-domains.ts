import fs from 'node:fs'

/** More than six were never allowed (resolv.conf(5)). */
const MOST = 6

/**
 * The domains in which this machine looks for names without a dot. In a home network, the router tells them to all
 * machines, and a browser reaches this one as `nas.fritz.box`. None if the system does not tell.
 */
export function searchDomains(): readonly string[] {
  try {
    return domainsIn(fs.readFileSync('/etc/resolv.conf', 'utf8'))
  } catch {
    return []
  }
}

/** The domains in the text of a resolv.conf: the last `search` or `domain` counts. */
export function domainsIn(text: string): readonly string[] {
  const [, domains = ''] = [...text.matchAll(/^(?:search|domain)[ \t]+(.*)$/gm)].at(-1) ?? []
  return domains
    .split(/\s+/)
    .map((domain) => domain.toLowerCase().replace(/\.$/, ''))
    .filter((domain) => domain !== '')
    .slice(0, MOST)
}
