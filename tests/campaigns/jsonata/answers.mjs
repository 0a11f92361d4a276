// What jsonata 2.0.6 answers: lines of JSON strings in, lines of {result | error | nothing | function | own} out.
// `own` is an error of JavaScript's own, which has no code.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const jsonata = createRequire(process.argv[2] + "/")("jsonata");

const isFunction = (value) =>
  typeof value === "function" || Boolean(value && (value._jsonata_function || value._jsonata_lambda));

async function answer(text) {
  try {
    const value = await jsonata(text).evaluate();
    if (value === undefined) return { nothing: true };
    let functions = isFunction(value);
    const json = JSON.stringify(value, (_, each) => {
      functions ||= isFunction(each);
      return each;
    });
    return functions ? { function: true } : { result: JSON.parse(json) };
  } catch (error) {
    return error.code ? { error: error.code } : { own: true };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await answer(JSON.parse(line))) + "\n");
}
