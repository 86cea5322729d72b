import { Buffer } from "node:buffer";

/** The name of the file of a report, which tells the reports of several jobs apart when they lie in one directory. */
export function reportName(key: string): string {
  return key === "" ? "lockkeeper-report.json" : `lockkeeper-report-${Buffer.from(key).toString("base64url")}.json`;
}

/** The key in the name of a file; null where it is none of a report's. */
export function keyInName(file: string): string | null {
  if (file === reportName("")) return "";
  const key = Buffer.from(/^lockkeeper-report-([\w-]+)\.json$/.exec(file)?.[1] ?? "", "base64url").toString("utf8");
  return key === "" || key.length > 60 || /[\p{Cc}\p{Cf}\p{Cs}\ufffd]/u.test(key) ? null : key;
}
