// Reads /openapi.json and lists every operation with its parameters, body and answers. No dependency.
const list = document.getElementById('list');
const find = document.getElementById('find');

function el(tag, text, cls) {
  const node = document.createElement(tag);
  if (text !== undefined) node.textContent = text;
  if (cls) node.className = cls;
  return node;
}

// typeOf writes a schema as a TypeScript-like shape, three levels deep.
function typeOf(schema, doc, depth = 0) {
  if (!schema) return 'unknown';
  if (schema.$ref) {
    const name = schema.$ref.split('/').pop();
    return depth > 2 ? name : name + ' ' + typeOf(doc.components.schemas[name], doc, depth + 1);
  }
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(' | ');
  const type = Array.isArray(schema.type) ? schema.type.join(' | ') : schema.type;
  if (type === 'array') return typeOf(schema.items, doc, depth) + '[]';
  if (type === 'object' && schema.properties) {
    if (depth > 3) return '{ … }';
    const pad = '  '.repeat(depth + 1);
    const required = new Set(schema.required || []);
    const lines = Object.entries(schema.properties).map(([key, value]) =>
      pad + key + (required.has(key) ? '' : '?') + ': ' + typeOf(value, doc, depth + 1) + limits(value));
    return '{\n' + lines.join('\n') + '\n' + '  '.repeat(depth) + '}';
  }
  return type || 'any';
}

function limits(schema) {
  const said = ['minLength', 'maxLength', 'minimum', 'maximum', 'minItems', 'maxItems'].filter((k) => schema[k] !== undefined).map((k) => k + ' ' + schema[k]);
  const doc = schema.description ? [schema.description] : [];
  const all = said.concat(doc);
  return all.length ? '  // ' + all.join(', ') : '';
}

function operation(method, path, op, doc) {
  const box = el('details');
  box.dataset.text = (method + ' ' + path + ' ' + op.summary + ' ' + op.operationId).toLowerCase();
  const head = el('summary');
  head.append(el('b', method, method), el('code', path), el('span', op.summary), el('span', op['x-allow'], 'who'));
  box.append(head);
  box.addEventListener('toggle', () => {
    if (!box.open || box.dataset.filled) return;
    box.dataset.filled = '1';
    const params = (op.parameters || []).map((p) => p.name + (p.required ? '' : '?') + ' (' + p.in + '): ' + typeOf(p.schema, doc) + limits({ ...p.schema, description: p.description }));
    if (params.length) box.append(el('p', 'Parameters'), el('pre', params.join('\n')));
    const body = op.requestBody && Object.entries(op.requestBody.content)[0];
    if (body) box.append(el('p', 'Body, ' + body[0]), el('pre', typeOf(body[1].schema, doc)));
    for (const [status, answer] of Object.entries(op.responses || {})) {
      const content = answer.content && Object.entries(answer.content)[0];
      box.append(el('p', status + ' ' + (answer.description || '')));
      if (content) box.append(el('pre', typeOf(content[1].schema, doc)));
    }
  });
  return box;
}

async function start() {
  const doc = await (await fetch('/openapi.json')).json();
  const groups = new Map();
  for (const [path, methods] of Object.entries(doc.paths)) {
    for (const [method, op] of Object.entries(methods)) {
      const tag = (op.tags && op.tags[0]) || 'other';
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(method.toUpperCase(), path, op, doc));
    }
  }
  list.textContent = '';
  for (const [tag, ops] of [...groups].sort()) {
    const section = el('section');
    section.append(el('h2', tag), ...ops);
    list.append(section);
  }
  find.addEventListener('input', () => {
    const q = find.value.toLowerCase();
    for (const box of list.querySelectorAll('details')) box.hidden = !box.dataset.text.includes(q);
    for (const s of list.querySelectorAll('section')) s.hidden = !s.querySelector('details:not([hidden])');
  });
}

start().catch(() => { list.textContent = 'The API document did not load. Reload the page.'; });
