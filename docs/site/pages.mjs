// Gathers the pages into ./pages, where VitePress finds them: the Markdown files of the repository, a page for each
// file or folder that one of them links to, pictures, and the javadoc, if it was made.
// Usage: node pages.mjs REPOSITORY
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, extname, join, posix } from 'node:path'

const repository = process.argv[2]
const written = ['README.md', 'docs', 'deploy-templates', 'starter-app/README.md', '.ci/images/README.md']
const modules = ['scalable-core', 'scalable-testkit']
const languages = { '.java': 'java', '.xml': 'xml', '.json': 'json', '.sql': 'sql', '.yaml': 'yaml', '.sh': 'sh' }

const inRepository = path => join(repository, path)
const isFolder = path => statSync(inRepository(path)).isDirectory()
const made = ['target', 'node_modules']
const entries = folder => readdirSync(inRepository(folder)).filter(name => !made.includes(name))

function markdownIn(path) {
  if (!isFolder(path)) return path.endsWith('.md') ? [path] : []
  return entries(path).flatMap(name => markdownIn(posix.join(path, name)))
}

// Where a file of the repository stands in the site. VitePress passes over names with a dot.
function place(path) {
  return path.replace(/^docs\//, '').replace(/^\./, '').replace(/(^|\/)README\.md$/, '$1index.md')
}

function write(place, text) {
  const file = join('pages', place)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

const pages = new Set(written.flatMap(markdownIn))
const javadoc = modules.filter(module => existsSync(inRepository(`${module}/target/reports/apidocs/index.html`)))
const shown = new Set()

// A page with what a file or folder holds, which search passes over; returns its place.
function show(path) {
  const at = `source/${path.replace(/(^|\/)\./g, '$1')}.md`
  if (shown.has(path)) return at
  shown.add(path)
  const head = `---\nsearch: false\n---\n# ${posix.basename(path)}\n\n\`${path}\`\n\n`
  if (isFolder(path)) {
    write(at, head + entries(path).map(name => `- \`${name}\`\n`).join(''))
  } else {
    const text = readFileSync(inRepository(path), 'utf8')
    write(at, `${head}\`\`\`\`\`${languages[extname(path)] ?? ''}\n${text}\n\`\`\`\`\`\n`)
  }
  return at
}

// What a link of a page becomes: what stands between its parentheses, and attributes behind them.
function target(page, link) {
  const [file, anchor] = link.split('#')
  const path = posix.join(posix.dirname(page), file).replace(/\/$/, '')
  const to = at => {
    const relative = posix.relative(posix.dirname(place(page)), at)
    return `(${relative.startsWith('.') ? '' : './'}${relative}${anchor ? '#' + anchor : ''})`
  }
  if (!existsSync(inRepository(path))) throw new Error(`${page} links to ${link}, and there is no ${path}`)
  if (pages.has(path)) return to(place(path))
  if (pages.has(posix.join(path, 'README.md'))) return to(place(posix.join(path, 'README.md')))
  // Not a page of VitePress's, so that its router must let the browser go there.
  if (javadoc.includes(path)) return `(/javadoc/${path}/index.html){target="_self"}`
  if (/\.(svg|png)$/.test(path)) {
    cpSync(inRepository(path), join('pages', place(path)))
    return to(place(path))
  }
  return to(show(path))
}

function withLinks(page, text) {
  let fence = false
  return text.split('\n').map(line => {
    if (/^\s*```/.test(line)) fence = !fence
    if (fence || /^ {4}\S/.test(line)) return line
    return line.replace(/\]\(([^)#\s:][^)\s:]*)\)/g, (_, link) => ']' + target(page, link))
  }).join('\n')
}

rmSync('pages', { recursive: true, force: true })
for (const page of pages) {
  write(place(page), withLinks(page, readFileSync(inRepository(page), 'utf8')))
}
for (const module of javadoc) {
  cpSync(inRepository(`${module}/target/reports/apidocs`), `pages/public/javadoc/${module}`, { recursive: true })
}

// What stands beside every page: the folders of docs, and in each the pages in the order that the README's map has.
const map = [...readFileSync(inRepository('README.md'), 'utf8').matchAll(/\]\(([^)#]+)\)/g)].map(match => match[1])
const title = page => /^# (.+)$/m.exec(readFileSync(inRepository(page), 'utf8'))[1].replaceAll('`', '')
const entry = page => ({ text: title(page), link: '/' + place(page).replace(/(index)?\.md$/, '') })
const byMap = (a, b) => map.lastIndexOf(a) - map.lastIndexOf(b)
const sections = ['tutorial', 'how-to', 'reference', 'explanation', 'deploy-templates', 'decisions'].map(section => ({
  section,
  pages: [...pages].filter(page => place(page).startsWith(section + '/')).sort().sort(byMap).map(entry),
}))
const about = ['starter-app/README.md', 'docs/CONTRIBUTING.md', 'docs/SECURITY.md', 'docs/CHANGELOG.md']
sections.push({ section: 'project', pages: about.map(entry) })
writeFileSync('contents.json', JSON.stringify({ sections, javadoc }))
console.log(`${pages.size} pages, ${shown.size} files that they link to, javadoc of ${javadoc.join(', ') || 'none'}`)
