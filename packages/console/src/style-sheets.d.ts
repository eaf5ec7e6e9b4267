declare module '*.module.css' {
  const classes: Readonly<Record<string, string>>;
  // What a style sheet of the bundler exports is its default.
  export { classes as default };
}
declare module '*.css';
