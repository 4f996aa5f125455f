export default {
  // The reader's system decides between light and dark until the reader does.
  defaultTheme: 'auto',

  // Commands and output have no language; guessing one colours options as comments.
  configureHljs: () => document.querySelectorAll('pre code:not([class])').forEach(block => block.classList.add('hljs', 'nohighlight')),
}
