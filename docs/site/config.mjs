// The site: what pages.mjs has gathered, in the default theme of VitePress, which has light and dark, and a search that
// is a file.
import { readFileSync } from 'node:fs'

const { sections, javadoc } = JSON.parse(readFileSync('contents.json', 'utf8'))
const names = {
  'tutorial': 'Tutorial', 'how-to': 'How to', 'reference': 'Reference', 'explanation': 'Explanation',
  'deploy-templates': 'Deploy templates', 'decisions': 'Decisions', 'project': 'Project',
}
const menu = javadoc.map(module => ({ text: module, link: `/javadoc/${module}/index.html`, target: '_self' }))

// The anchors that forges give to headings, so that a link to one leads there in both.
const slugify = heading =>
  heading.trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-')

export default {
  srcDir: 'pages',
  cacheDir: 'cache',
  // Where it is to be served: a folder of a host, or its root.
  base: process.env.SITE_BASE ?? '/',
  title: 'Scalable',
  description: 'Stateless, horizontally scalable Java backends: a library, a cluster testkit, a starter.',
  // Examples have lines of up to 120 columns. Pictures follow what the system prefers, so that they need a ground where
  // a reader chose otherwise.
  head: [['style', {}, `
    .VPDoc.has-aside .content-container { max-width: 62rem !important }
    :root { --vp-code-font-size: 0.8125em; --vp-code-block-font-size: 0.8125em }
    .vp-doc img { display: block; margin: 1.5rem 0 }
    @media (prefers-color-scheme: light) { .dark .vp-doc img { background: #fff } }
    @media (prefers-color-scheme: dark) { html:not(.dark) .vp-doc img { background: #1b1b1f } }`]],
  ignoreDeadLinks: [/^\/javadoc\//],
  markdown: { anchor: { slugify } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: menu.length ? [{ text: 'Javadoc', items: menu }] : [],
    sidebar: sections.map(({ section, pages }) =>
      ({ text: names[section], items: pages, collapsed: section === 'decisions' })),
  },
}
