/**
 * `npm run db:walls`, after a change of db/migrations: writes db/schema-level.ts and db/walls.txt anew. The difference is
 * what a change does to the walls; it is read before it is committed, and a test fails until the files say what the
 * database does.
 */
import { writeFile } from "node:fs/promises";
import pg from "pg";
import { migrate } from "../db/migrate.ts";
import { writeSchemaLevel } from "../db/migration-files.ts";
import { testCluster } from "../db/testing/global-setup.ts";
import { administer, withDatabase } from "../db/testing/test-database.ts";
import { readWalls, wallsFile } from "../db/walls/walls.ts";

const header = `# Who may do what in the database: roles, owners, grants, policies, constraints, triggers, functions. Written by
# npm run db:walls from the migrations, and reviewed: a line that changes here changes a wall between workspaces or roles.
`;

await writeSchemaLevel();
const cluster = await testCluster();
const name = `curbe_walls_${process.pid}`;
await administer(cluster.adminUrl, `create database ${name}`);
try {
  const url = withDatabase(cluster.adminUrl, name);
  await migrate(url);
  const pool = new pg.Pool({ connectionString: url, max: 1, application_name: "curbe-walls" });
  // Its last connection may still be on its way out when the database goes.
  pool.on("error", () => {});
  const lines = await readWalls((text) => pool.query(text)).finally(() => pool.end());
  await writeFile(wallsFile, `${header}${lines.join("\n")}\n`);
  console.log(`db/walls.txt: ${lines.length} facts.`);
} finally {
  await administer(cluster.adminUrl, `drop database ${name} with (force)`);
  await cluster.stop();
}
