import type { OtherDialect } from "../../config/config.ts";

export { otherDialects as dialects } from "../../config/config.ts";

/** The SQL of other databases that is read beside PostgreSQL's. */
export type Dialect = OtherDialect;
