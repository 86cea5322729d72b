import { data, Evaluator, Lexer, Parser } from "@actions/expressions";
import { isBasicExpression, isBoolean, isMapping, isNumber, isSequence, isString } from "@actions/workflow-parser";
import type { TemplateToken } from "@actions/workflow-parser/templates/tokens/template-token";

/** A value of an expression, as plain JSON. */
export type Value = null | boolean | number | string | readonly Value[] | Values;
export interface Values {
  readonly [name: string]: Value;
}

/** What an expression can see, by the names of the contexts, and how the job stands. */
export interface Scope {
  readonly contexts: Values;
  readonly status: { readonly failed: boolean; readonly cancelled: boolean };
}

/** What GitHub fills with nothing where it is not there: the payload of the event. Everywhere else that is a mistake. */
const open = "event";

/** A dictionary in which a name that is not there is a mistake of the workflow, where GitHub would see an empty text. */
class Strict extends data.Dictionary {
  override get(key: string): data.ExpressionData | undefined {
    const found = super.get(key);
    if (found === undefined) throw new Error(`There is no ${key} here: ${this.pairs().map((pair) => pair.key)}`);
    return found;
  }
}

function dataOf(value: Value, isOpen = false): data.ExpressionData {
  if (value === null) return new data.Null();
  if (typeof value === "string") return new data.StringData(value);
  if (typeof value === "number") return new data.NumberData(value);
  if (typeof value === "boolean") return new data.BooleanData(value);
  if (isList(value)) return new data.Array(...value.map((each) => dataOf(each, isOpen)));
  const pairs = Object.entries(value).map(([key, each]) => ({ key, value: dataOf(each, isOpen || key === open) }));
  return isOpen ? new data.Dictionary(...pairs) : new Strict(...pairs);
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Evaluates what stands between ${{ and }} with GitHub's own parser and evaluator. Throws where it cannot. */
export function evaluate(expression: string, { contexts, status }: Scope): Value {
  const functions = Object.entries({
    success: !status.failed && !status.cancelled,
    failure: status.failed && !status.cancelled,
    cancelled: status.cancelled,
    always: true,
  }).map(([name, is]) => ({ name, minArgs: 0, maxArgs: 0, call: () => new data.BooleanData(is) }));
  const { tokens } = new Lexer(expression).lex();
  const parsed = new Parser(tokens, Object.keys(contexts), functions).parse();
  const root = new data.Dictionary(...Object.entries(contexts).map(([key, value]) => ({ key, value: dataOf(value) })));
  return plain(new Evaluator(parsed, root, new Map(functions.map((each) => [each.name, each]))).evaluate());
}

function plain(value: data.ExpressionData): Value {
  const text: Value = JSON.parse(JSON.stringify(value, data.replacer));
  return text;
}

/** What a part of a workflow's file comes to: every expression in it evaluated. */
export function resolve(token: TemplateToken | undefined, scope: Scope): Value {
  if (token === undefined) return null;
  if (isBasicExpression(token)) return evaluate(token.expression, scope);
  if (isString(token) || isNumber(token) || isBoolean(token)) return token.value;
  if (isSequence(token)) return Array.from(token, (each) => resolve(each, scope));
  if (!isMapping(token)) return null;
  return Object.fromEntries(Array.from(token, ({ key, value }) => [key.toString(), resolve(value, scope)]));
}

/** A value as the runner hands it on in a variable. */
export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function mapOf(value: Value): Values {
  return typeof value === "object" && value !== null && !isList(value) ? value : {};
}
