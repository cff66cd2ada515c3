/** @type {import("@remix-run/dev").AppConfig} */
export default {
  appDirectory: "app",
  assetsBuildDirectory: "public/build",
  publicPath: "/build/",
  server: "app/server.ts",
  // Apart, so that `npm run dev` does not leave its build where `npm start` looks for one.
  serverBuildPath: process.env.NODE_ENV === "development" ? ".cache/web/index.js" : "build/web/index.js",
  serverModuleFormat: "esm",
  serverPlatform: "node",
  serverMinify: false,
  ignoredRouteFiles: ["**/*.test.*"],
  postcss: true,
  tailwind: false,
  // Code outside app/ reloads only when it is watched by name.
  watchPaths: ["./db/**/*.ts", "./tailwind.config.*"],
  future: {
    v3_fetcherPersist: true,
    v3_lazyRouteDiscovery: true,
    v3_relativeSplatPath: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
  },
};
