/** What the compiler makes of a stylesheet: its address. Its own type package would also change NodeJS.ProcessEnv. */
declare module "*.css" {
  const href: string;
  export default href;
}
