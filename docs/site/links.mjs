// Every link of the built site must lead to a file of it, and to an anchor where it names one.
// Usage: node links.mjs SITE
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'

const site = resolve(process.argv[2])
const base = process.env.SITE_BASE ?? '/'
const decoded = text => decodeURIComponent(text.replaceAll('&amp;', '&'))
const matches = (text, pattern) => [...text.matchAll(pattern)].map(match => match[1])

const read = new Map()
const anchorsOf = file => {
  const ids = () => matches(readFileSync(file, 'utf8'), /\s(?:id|name)="([^"]*)"/g).map(decoded)
  if (!read.has(file)) read.set(file, new Set(ids()))
  return read.get(file)
}
const files = readdirSync(site, { recursive: true })
  .filter(name => name.endsWith('.html'))
  .map(name => join(site, name))
const dead = []
let links = 0
for (const file of files) {
  // The javadoc tool's own pages are checked by doclint as they are made; what is asked here is whether they are there.
  if (relative(site, file).startsWith('javadoc')) continue
  for (const link of matches(readFileSync(file, 'utf8'), /\s(?:href|src)="([^"]*)"/g)) {
    if (/^[a-z]+:|^\/\//i.test(link)) continue
    links++
    const [path, anchor] = link.split('#').map(decoded)
    const from = path.startsWith('/') ? join(site, path.slice(base.length)) : resolve(dirname(file), path)
    let to = path === '' ? file : from
    if (existsSync(to) && statSync(to).isDirectory()) to = join(to, 'index.html')
    const where = `${relative(site, file)}: ${link}`
    if (!existsSync(to)) dead.push(`${where}: no such file`)
    else if (anchor && to.endsWith('.html') && !anchorsOf(to).has(anchor)) dead.push(`${where}: no such anchor`)
  }
}
if (files.length === 0 || links === 0) dead.push(`there are no pages with links in ${site}`)
if (dead.length > 0) {
  console.error(`Dead links in the site:\n${dead.join('\n')}`)
  process.exit(1)
}
console.log(`${links} links in ${files.length} pages, none of them dead: ${site}`)
