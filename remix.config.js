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
    // Off: anybody could ask for the routes of a thousand paths, and matching each costs more than linear time.
    v3_lazyRouteDiscovery: false,
    v3_relativeSplatPath: true,
    v3_singleFetch: true,
    v3_throwAbortReason: true,
  },
};
