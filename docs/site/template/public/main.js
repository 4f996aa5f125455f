export default {
  // The reader's system decides between light and dark until the reader does.
  defaultTheme: 'auto',
}
