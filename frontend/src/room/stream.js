// Reads server-sent events from an answer to a POST, which EventSource cannot make.
export async function* eventsOf(answer) {
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) yield eventOf(block);
  }
}

function eventOf(block) {
  const [name, data] = block.split("\n").map((line) => line.slice(line.indexOf(": ") + 2));
  return { name, data: JSON.parse(data) };
}
