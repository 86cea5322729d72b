import type { Dialect } from "./dialect.ts";
import type { Token } from "./lexer.ts";

/** Follows a statement's tokens and knows whether a semicolon would stand inside the body of a trigger or a routine. */
export interface Bodies {
  follow(token: Token, text: string): void;
  isOpen(): boolean;
}

/** A look-out for one statement. */
export function bodiesOf(dialect: Dialect): Bodies {
  return dialect === "sqlite" ? triggerBody() : routineBody();
}

/** CREATE TRIGGER ends at END between two semicolons, as sqlite3_complete() has it. */
function triggerBody(): Bodies {
  const head: string[] = [];
  let previous = "";
  let isTrigger = false;
  let atEnd = false;
  return {
    follow(token, text) {
      const sign = token.kind === "word" ? text.slice(token.start, token.end).toLowerCase() : token.kind;
      if (head.length < 3) {
        head.push(sign);
        const named = head.filter((word) => word !== "temp" && word !== "temporary");
        isTrigger = named[0] === "create" && named[1] === "trigger";
      }
      atEnd = sign === "end" && previous === "semicolon";
      previous = sign;
    },
    isOpen: () => isTrigger && !atEnd,
  };
}

/** What stands before a statement inside a body; THEN and ELSE do as well, but for those of a CASE that is an expression. */
const beforeStatement: ReadonlySet<string> = new Set("semicolon begin do loop repeat : atomic".split(" "));
/** What may stand before the only statement of a body: the end of the routine's head. */
const endOfHead: ReadonlySet<string> = new Set("close row deterministic data sql invoker definer do".split(" "));
/** Words that begin a block wherever they stand in a body, but for END before them. */
const blocks: ReadonlySet<string> = new Set(["begin", "loop", "while"]);
/** Words that begin one where a statement begins; elsewhere they are functions, or a part of another clause. */
const statements: ReadonlySet<string> = new Set(["if", "for", "repeat"]);
const routines: ReadonlySet<string> = new Set(["procedure", "function", "trigger", "event"]);

/** The compound statements of https://dev.mysql.com/doc/refman/8.4/en/sql-compound-statements.html, nested as they may be. */
function routineBody(): Bodies {
  const head: string[] = [];
  /** Null while the words do not say. */
  let isRoutine: boolean | null = null;
  let previous = "";
  /** The blocks that are open: statements, or a CASE that is an expression. */
  const open: ("statement" | "expression")[] = [];
  const atStatement = (): boolean => {
    if (beforeStatement.has(previous) || (open.length === 0 && endOfHead.has(previous))) return true;
    return (previous === "then" || previous === "else") && open.at(-1) === "statement";
  };
  const inBody = (sign: string): void => {
    // After AS or a dot these are names of columns, and END IF ends one block.
    if (previous === "dot" || previous === "as") return;
    if (sign === "end") open.pop();
    else if (previous === "end") return;
    else if (sign === "case") open.push(atStatement() ? "statement" : "expression");
    else if (blocks.has(sign) || (statements.has(sign) && atStatement())) open.push("statement");
  };
  return {
    follow(token, text) {
      const isSpelled = token.kind === "word" || token.kind === "sign";
      const sign = isSpelled ? text.slice(token.start, token.end).toLowerCase() : token.kind;
      if (isRoutine === null) {
        head.push(sign);
        isRoutine = beginsRoutine(head);
        // MariaDB runs BEGIN NOT ATOMIC … END outside a routine, too.
        if (isRoutine === true && head[0] === "begin") open.push("statement");
      } else if (isRoutine) inBody(sign);
      previous = sign;
    },
    isOpen: () => isRoutine === true && open.length > 0,
  };
}

/** Null while it cannot be told yet. */
function beginsRoutine(head: readonly string[]): boolean | null {
  const [first, second, third] = head;
  const last = head.at(-1) ?? "";
  if (first === "begin") {
    if (second !== undefined && second !== "not") return false;
    return third === undefined ? null : third === "atomic";
  }
  if (first !== "create" && first !== "alter") return false;
  if (routines.has(last)) return true;
  return plainObjects.has(last) || head.length > longestHead ? false : null;
}

/** CREATE OR REPLACE DEFINER = user@host AGGREGATE FUNCTION and more. */
const longestHead = 20;
const plainObjects: ReadonlySet<string> = new Set(
  "table view index database schema user role server tablespace sequence logfile resource spatial".split(" "),
);
