declare module "*.css";
declare module "@fontsource-variable/inter/*";
declare module "*.mjs?url" {
  const url: string;
  export default url;
}
