// Medusa as it comes: its own in-memory event bus, cache, workflow engine and locks, which one server
// needs and which are faster than the same over Redis; no admin screens.
const { defineConfig } = require("@medusajs/framework/utils")

module.exports = defineConfig({
  admin: { disable: true },
  projectConfig: {
    databaseUrl: process.env.DATABASE_URL,
    // More connections than its default of 10, so that 64 buyers do not wait for one.
    databaseDriverOptions: { pool: { min: 2, max: 60 } },
    http: {
      storeCors: "http://127.0.0.1",
      adminCors: "http://127.0.0.1",
      authCors: "http://127.0.0.1",
      jwtSecret: "only-for-the-bench",
      cookieSecret: "only-for-the-bench",
    },
  },
})
