import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sampleFound, translateText } from './sample.ts'

// `>` stands for the internal URL of the service, which becomes its external one; `^` for one that must stay.
const inside = 'http://iis/CORSWebService/'
const outside = 'https://service.contoso.net/'

/** Each case holds `»` where a link to the service is to be translated, and `«` where it must not be. */
function check(what: string, pattern: string, plan = {}): void {
  test(`${what} [F4]`, () => {
    const page = pattern.replaceAll(/[»«]/g, inside)
    const expected = pattern.replaceAll('»', outside).replaceAll('«', inside)
    assert.equal(translateText(page, plan), expected)
  })
}

const translated = [
  ['quoted, single-quoted and bare values', `<a href="»x"><a href='»x'><a href=»x>`],
  ['white space and line ends around everything', '<a\r\n\thref\n=\f "\n »x\t"\n>«</a>'],
  ['names in whatever case', '<A HREF="»"><iMg SrC="»">'],
  ['a self-closing tag', '<img src="»"/><img src=»>'],
  ['attributes without white space between them', '<a title="«"href="»"class=x>'],
  ['attributes after a solidus', '<a/href="»"/><img / src="»">'],
  ['an equals sign at the start of a name', '<a =href="«" href="»">'],
  ['a quotation mark in a name', `<a "href="«" href="»">`],
  [
    'every listed attribute of the original',
    `<a href="»"><audio src="»"><base href="»"><button formaction="»">
<div data-background="»" style="background:url(»)" data-src="»"><embed src="»"><form action="»"><frame src="»">
<head profile="»"><html manifest="»"><iframe longdesc="»" src="»"></iframe><img longdesc="»" src="»">
<input formaction="»" src="»" value="»"><link href="»"><menuitem icon="»"><meta content="»">
<object archive="»" data="»" codebase="»"><script src="»"></script><source src="»"><track src="»"><video src="»" poster="»">`,
  ],
  [
    'attributes that the original does not list',
    `<a ping="» «x">
<blockquote cite="»"><body background="»"><img srcset="»"><link imagesrcset="»"><param value="»"><svg><use xlink:href="»"/><image href="»"/></svg>`.replace(
      '«',
      '»',
    ),
  ],
  ['unknown elements, a standard may come', '<my-image src="»"><portal src="»">'],
  [
    'what means something else on other elements',
    '<a value="«" data="«" content="«" manifest="«">',
  ],
  [
    'whole URLs only in the value of an input',
    '<input value="see »"><input value="/CORSWebClient/x">'.replace('»', '«'),
  ],
  [
    'text, comments and declarations',
    '«<!-- <a href="«"> --><!doctype html "«"><?php <a href="«"> ?>',
  ],
  [
    'comments that end early or late',
    '<!--><a href="»"><!---><a href="»"><!-- -- > <a href="«"> --!><a href="»"><!----!><a href="»"><!--!><a href="«">-->',
  ],
  ['a comment in two dashes more', '<!-- x ----><a href="»">'],
  [
    'bogus comments',
    '<!x <a href="«"><a href="»"><!-x><a href="»"></ x><a href="»"></><a href="»">',
  ],
  ['CDATA, which HTML has none of', '<![CDATA[><a href="»">]]>'],
  ['scripts', `<script>"<a href='«'>"</script><a href="»">`],
  ['a script with a comment', '<script><!-- </script><a href="»">'],
  [
    'a script that hides an end tag',
    `<script><!-- <script> </script> <a href="«"> --></script><a href="»">`,
  ],
  ['a script that only looks as if', '<script><!--><script></script><a href="»">'],
  [
    'a script twice hidden and shown again',
    '<script><!--<script >x</script >--></script ><a href="»">',
  ],
  ['an end tag of a longer name', '<script></scriptx><a href="«"></script/><a href="»">'],
  [
    'text areas and titles',
    '<textarea><a href="«"></textarea><title><a href="«"></title><a href="»">',
  ],
  [
    'what old browsers would show',
    '<noframes><a href="«"></noframes><noembed><a href="«"></noembed><xmp><a href="«"></xmp><iframe><a href="«"></iframe><a href="»">',
  ],
  ['everything after plaintext', '<a href="»"><plaintext><a href="«"></plaintext><a href="«">'],
  ['a template', '<template><a href="»"></template>'],
  [
    'noscript, for people without script',
    '<noscript><img src="»"></noscript><noscript><a title="</noscript><a href="»">',
  ],
  ['noscript within noscript', '<noscript><noscript><img src="»"></noscript><a href="»">'],
  ['style elements', '<style>@import "»x.css"; a{b:url( "»" )}/* url(«) */</style><a href="»">'],
  ['a style element with its end inside a comment', '<style>/* </style><a href="»">'],
  ['style attributes', `<p style="a:url('»'),url(»x);b:'url(«)'">`],
  ['style attributes with references', '<p style="a:url(&quot;»&quot;),url(&#39;»&#39;)">'],
  [
    'SVG, where style and title hold markup',
    '<svg><style>a{b:url(»)}<a href="»"></a></style><title><a href="»"></a></title></svg>',
  ],
  [
    'SVG with CDATA',
    '<svg><![CDATA[ <a href="«"> ]]]><a href="»"/><style><![CDATA[ a{b:url(»)} ]]>c{d:url(»)}</style></svg><![CDATA[ > <a href="»">',
  ],
  [
    'HTML inside SVG',
    '<svg><foreignObject><style><a href="«"></style><svg></svg></foreignObject><style><a href="»"></svg><style><a href="«"></style>',
  ],
  ['HTML that ends SVG', '<svg><g><p><style><a href="«"></style>'],
  [
    'MathML',
    '<math><mtext><textarea><a href="«"></textarea></mtext><textarea><a href="»"></textarea></math><textarea><a href="«">',
  ],
  ['a self-closing svg', '<svg/><textarea><a href="«"></textarea>'],
  ['srcset candidates', '<img srcset=" »a,b 1x , »c 2x,»d, »e (,) 3w,»f">'],
  [
    'a refresh',
    `<meta http-equiv=refresh content="0;url=»x"><meta content=" 5 , URL = '»y' «"><meta content="1.5 »">`,
  ],
  [
    'metadata with a URL',
    '<meta property="og:url" content=" » "><meta name=description content="see «">',
  ],
  [
    'a document in an attribute',
    `<iframe srcdoc="<a href='»'>«</a><script>'<a href=«>'</script>"></iframe>`,
  ],
  [
    'an escaped document in an attribute',
    '<iframe srcdoc="&lt;a href=&quot;»&quot;&gt;&lt;p style=&quot;a:url(&amp;quot;»&amp;quot;)&quot;&gt;"></iframe>',
  ],
  [
    'documents within documents',
    `<iframe srcdoc="<iframe srcdoc='<iframe srcdoc=&quot;<a href=»>&quot;></iframe>'></iframe>"></iframe>`,
  ],
  ['tags that do not end', '<a href="»" <a href="»"'],
  ['values that do not end', '<a href="«'],
  ['bare values that do not end', '<a href=«'],
  ['end tags, which have no attributes', '</a href="«"><a href="»">'],
  ['names nobody knows', '<constructor __proto__="«" href="»"><x:y:z href="»">'],
] as const
for (const [what, pattern] of translated) check(what, pattern)

const xhtml = [
  ['XHTML: raw text is markup there', '<script><a href="»"/></script><title><a href="»"/></title>'],
  ['XHTML: CDATA is everywhere', '<p><![CDATA[ <a href="«"> ]]><a href="»"/></p>'],
  ['XHTML: instructions end with ?>', '<?x <a href="«"> ?><a href="»"/>'],
  [
    'XHTML: style is text, its parts may be CDATA',
    '<style>a{b:url(»)}<![CDATA[c{d:url(»)}]]></style><style/><p>url(«)</p>',
  ],
] as const
for (const [what, pattern] of xhtml) check(what, pattern, { language: 'xhtml' })

const references = [
  ['numeric references in the host', 'http&#58;&#47;&#x2F;ii&#x73/CORSWebService/x', `${outside}x`],
  ['named references', 'http&colon;&sol;&sol;iis&sol;CORSWebService&sol;x', `${outside}x`],
  [
    'references behind the host stay',
    `${inside}?a=1&amp;b=&eacute;&copy=2`,
    `${outside}?a=1&amp;b=&eacute;&copy=2`,
  ],
  ['an ampersand alone', `${inside}?a&b&#xyz;&`, `${outside}?a&b&#xyz;&`],
  ['a reference that means another character', 'http://iis&#x2044;CORSWebService/', undefined],
  ['a reference that names another host', 'http://iis&#46;example/CORSWebService/', undefined],
  ['a reference that is none in an attribute', 'http://iis/CORSWebService&ampx/', undefined],
] as const
for (const [what, written, expected] of references) {
  test(`a link is compared by what it means: ${what} [F4]`, () => {
    const page = (value: string) => `<a href="${value}" title='${value}'>`
    const link = `<a href="${expected ?? written}" title='${written}'>`
    assert.equal(translateText(page(written)), link)
  })
}

const targets = [
  [
    'to the application itself',
    'http://iis/CORSWebClient/x?y#z',
    'https://apps.contoso.net/client/x?y#z',
  ],
  ['without a scheme', '//iis/CORSWebClient/x', 'https://apps.contoso.net/client/x'],
  ['under a wildcard', 'http://a.inside.wild/root/x', 'https://a.wild.net/x'],
  ['on another port', 'HTTP://Shop:8080', 'https://shop.contoso.net/'],
  ['to a path of its own', '/CORSWebClient/x', '/client/x'],
  ['to a path of another application', '/CORSWebService/x', 'https://service.contoso.net/x'],
  ['to a path that nobody has', '/other/x', '/other/x'],
  ['relative', '../x', '../x'],
  ['to an unpublished port', 'http://iis:81/CORSWebClient/', 'http://iis:81/CORSWebClient/'],
  ['with a user name', 'http://me@iis/CORSWebClient/', 'http://me@iis/CORSWebClient/'],
  [
    'to the outside',
    'https://example.com/?http://iis/CORSWebClient/',
    'https://example.com/?http://iis/CORSWebClient/',
  ],
  [
    'that is a script',
    "javascript:go('http://iis/CORSWebClient/')",
    "javascript:go('http://iis/CORSWebClient/')",
  ],
] as const
for (const [what, link, expected] of targets) {
  test(`a link ${what} becomes ${expected} [F4]`, () => {
    assert.equal(
      translateText(`<a href="${link}">${link}</a>`),
      `<a href="${expected}">${link}</a>`,
    )
  })
}

test('people on an alternate URL stay there in links, too [P10] [F4]', () => {
  const page = '<a href="http://shop:8080/x"><a href="/y"><a href="http://iis/CORSWebClient/">'
  const rest = '<a href="/y"><a href="https://apps.contoso.net/client/">'
  const from = (url: string) => translateText(page, {}, sampleFound(url))
  assert.equal(from('https://www.contoso.org/'), `<a href="https://www.contoso.org/x">${rest}`)
  assert.equal(from('https://shop.contoso.net/'), `<a href="https://shop.contoso.net/x">${rest}`)
})

test('paths belong to the host of the base element, the first one, translated or not [F4]', () => {
  const links =
    '<a href="/CORSWebClient/x"><a href="/CORSWebService/x"><a href="//iis/CORSWebService/">'
  const based = (base: string) => translateText(`<base href="${base}">${links}`)
  assert.equal(
    based(inside),
    `<base href="${outside}"><a href="https://apps.contoso.net/client/x"><a href="/x"><a href="${outside}">`,
  )
  const foreign = 'https://elsewhere.example/'
  assert.equal(
    based(foreign),
    `<base href="${foreign}"><a href="/CORSWebClient/x"><a href="/CORSWebService/x"><a href="${outside}">`,
  )
  assert.equal(
    based('sub/'),
    `<base href="sub/"><a href="/client/x"><a href="${outside}x"><a href="${outside}">`,
  )
  assert.equal(
    translateText(`<base href="sub/"><base href="${foreign}"><a href="/CORSWebClient/x">`),
    `<base href="sub/"><base href="${foreign}"><a href="/client/x">`,
  )
})

test('what a prefix contains is escaped for where it comes to stand [F4]', () => {
  const page = `<a href="http://odd/x"><a href='http://odd/x'><a href=http://odd/x><p style="a:url(http://odd/x)"><style>a{b:url('http://odd/x')}</style>`
  const attribute = 'https://odd.contoso.net/a&#38;amp(b)&#39;c/x'
  const css = String.raw`https://odd.contoso.net/a\000026amp\(b\)`
  assert.equal(
    translateText(page),
    `<a href="${attribute}"><a href='${attribute}'><a href=${attribute}><p style="a:url(${css}\\&#39;c/x)"><style>a{b:url('${css}\\'c/x')}</style>`,
  )
})
