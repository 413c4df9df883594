// The Transformer of this book in plain JavaScript: what src/attnbook does with torch, for one
// sentence. A sequence is an array of rows, one Float32Array for each position. Weights have
// the names that they have in Python, and each function names the chapter that explains it.
(() => {
  // 2.1: how alike are two vectors? The sum is kept in 64 bits, the results in 32.
  function dot(a, b) {
    let sum = 0;
    for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
    return sum;
  }

  const add = (a, b) => a.map((number, i) => number + b[i]);

  // 0.1: each output is the dot product of the input with one row of the matrix.
  const linear = (x, { weight, bias }) => x.map((row) => {
    const output = new Float32Array(weight.length);
    for (let i = 0; i < weight.length; i++) output[i] = dot(weight[i], row) + (bias ? bias[i] : 0);
    return output;
  });

  // 2.2: scores become shares that are positive and sum to 1.
  function softmax(scores) {
    const largest = Math.max(...scores);
    const powers = scores.map((score) => Math.exp(score - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  }

  // 2.2, in four steps: score each key against the query, softmax, weight the values, sum.
  function attention(query, key, value) {
    const scores = key.map((row) => dot(query, row) / Math.sqrt(query.length));
    const weights = softmax(scores);
    const output = new Float32Array(value[0].length);
    for (let i = 0; i < output.length; i++) {
      output[i] = weights.reduce((sum, weight, j) => sum + weight * value[j][i], 0);
    }
    return { output, weights };
  }

  // 3.2: each head looks at its own part of every vector.
  function splitHeads(x, numHeads) {
    const width = x[0].length / numHeads;
    return Array.from({ length: numHeads }, (_, head) =>
      x.map((row) => row.subarray(head * width, (head + 1) * width)));
  }

  const mergeHeads = (heads) => heads[0].map((_, i) =>
    Float32Array.from(heads.flatMap((head) => [...head[i]])));

  // 2.4: keys and values come from the source, be it x itself or the memory.
  const keysAndValues = (layer, source) => (
    { keys: linear(source, layer.w_k), values: linear(source, layer.w_v) });

  // 3.2: several looks at once. Gives back each head's weights: heads, queries, keys.
  function multiHeadAttention(layer, x, { keys, values }, numHeads) {
    const [query, key, value] = [linear(x, layer.w_q), keys, values]
      .map((rows) => splitHeads(rows, numHeads));
    const heads = query.map((rows, head) =>
      rows.map((row) => attention(row, key[head], value[head])));
    const output = mergeHeads(heads.map((rows) => rows.map((row) => row.output)));
    return {
      output: linear(output, layer.w_o),
      weights: heads.map((rows) => rows.map((row) => row.weights)),
    };
  }

  // 3.5: each position is widened, bent and narrowed; nothing is mixed.
  function feedForward({ w_1, w_2 }, x) {
    const bent = linear(x, w_1).map((row) => row.map((number) => Math.max(0, number)));
    return linear(bent, w_2);
  }

  // 3.5: mean 0 and variance 1, then a learned size and place.
  function layerNorm({ weight, bias }, row, eps) {
    const mean = row.reduce((sum, number) => sum + number, 0) / row.length;
    const variance = row.reduce((sum, number) => sum + (number - mean) ** 2, 0) / row.length;
    return row.map((number, i) =>
      weight[i] * (number - mean) / Math.sqrt(variance + eps) + (bias ? bias[i] : 0));
  }

  // 3.5: add what the sub-layer made, then the norm.
  const residual = ({ norm }, x, made, eps) =>
    x.map((row, i) => layerNorm(norm, add(row, made[i]), eps));

  // 3.3: a pair of waves for every two columns, each pair slower than the last.
  const sinusoidalPosition = (position, width) => new Float32Array(width).map((_, i) => {
    const angle = position * 10000 ** -((i - (i % 2)) / width);
    return i % 2 ? Math.cos(angle) : Math.sin(angle);
  });

  // 3.4: what a token is, and where it stands.
  const embedding = ({ tokens }, ids, offset = 0) => ids.map((id, i) => {
    const row = tokens.weight[id];
    const scaled = row.map((number) => number * Math.sqrt(row.length));
    return add(scaled, sinusoidalPosition(offset + i, row.length));
  });

  // 4.1: every token asks all tokens, then thinks. What comes out is the memory.
  function encode({ weights, num_heads, norm_eps }, srcIds) {
    let x = embedding(weights.src_embedding, srcIds);
    const looks = weights.encoder.layers.map((layer) => {
      const source = keysAndValues(layer.self_attention, x);
      const asked = multiHeadAttention(layer.self_attention, x, source, num_heads);
      x = residual(layer.self_residual, x, asked.output, norm_eps);
      const thought = feedForward(layer.feed_forward, x);
      x = residual(layer.feed_forward_residual, x, thought, norm_eps);
      return { self_attention: asked.weights };
    });
    return { memory: x, looks };
  }

  // 4.5: before the first step nothing is written. The memory's keys and values are made once.
  const start = ({ weights }, memory) => weights.decoder.layers.map((layer) => ({
    written: { keys: [], values: [] },
    read: keysAndValues(layer.cross_attention, memory),
  }));

  // 4.2: the newest token asks what is written, then what was read. It sees no later token,
  // for there is none: no mask is needed.
  function step({ weights, num_heads, norm_eps }, newest, state) {
    let x = embedding(weights.tgt_embedding, [newest], state[0].written.keys.length);
    const looks = weights.decoder.layers.map((layer, number) => {
      const { written, read } = state[number];
      const { keys, values } = keysAndValues(layer.self_attention, x);
      written.keys.push(...keys);
      written.values.push(...values);
      const itself = multiHeadAttention(layer.self_attention, x, written, num_heads);
      x = residual(layer.self_residual, x, itself.output, norm_eps);
      const asked = multiHeadAttention(layer.cross_attention, x, read, num_heads);
      x = residual(layer.cross_residual, x, asked.output, norm_eps);
      const thought = feedForward(layer.feed_forward, x);
      x = residual(layer.feed_forward_residual, x, thought, norm_eps);
      return { self_attention: itself.weights, cross_attention: asked.weights };
    });
    return { logits: linear(x, weights.to_logits)[0], looks };
  }

  // 4.5: write the likeliest token, and go on from there, until the end is the likeliest.
  function greedy(model, srcIds, maxLen = 24) {
    const state = start(model, encode(model, srcIds).memory);
    const steps = [];
    let newest = model.bos_id;
    while (newest !== model.eos_id && steps.length < maxLen) {
      const { logits, looks } = step(model, newest, state);
      const shares = softmax([...logits]);
      logits[model.pad_id] = -Infinity; // fills up batches, and is never written
      newest = logits.indexOf(Math.max(...logits));
      steps.push({ newest, shares, looks });
    }
    return steps;
  }

  // 3.4: a digit stands alone, letters stand together, and any other sign stands alone.
  const splitWords = (text) => text.match(/\p{Nd}|[\p{L}\p{Nl}\p{No}_]+|[^\p{L}\p{N}_\s]/gu) ?? [];

  const encodeTokens = ({ tokens, unk_id }, words) => words.map((word) =>
    tokens.includes(word) ? tokens.indexOf(word) : unk_id);

  // The inverse of `pack_weights`: each row of a matrix is small whole numbers times a scale.
  function unpackWeights({ tensors, data }) {
    const bytes = Uint8Array.fromBase64?.(data)
      ?? Uint8Array.from(atob(data), (sign) => sign.charCodeAt(0)); // older browsers
    const read = ({ shape, scales, numbers }) => {
      const width = shape.at(-1), rows = shape.length > 1 ? shape[0] : 1;
      const Numbers = scales === null ? Float32Array : Int8Array;
      const flat = new Numbers(bytes.buffer, numbers, rows * width);
      const scale = scales === null ? null : new Float32Array(bytes.buffer, scales, rows);
      const matrix = Array.from({ length: rows }, (_, i) => {
        const row = new Float32Array(flat.subarray(i * width, (i + 1) * width));
        return scale ? row.map((number) => number * scale[i]) : row;
      });
      return shape.length > 1 ? matrix : matrix[0];
    };
    // "encoder.layers.0.norm.bias" becomes encoder.layers[0].norm.bias.
    const weights = {};
    for (const [name, place] of Object.entries(tensors)) {
      const path = name.split("."), last = path.pop();
      const parent = path.reduce((at, part, i) =>
        at[part] ??= /^\d+$/.test(path[i + 1]) ? [] : {}, weights);
      parent[last] = read(place);
    }
    return weights;
  }

  globalThis.attnbook ??= {};
  Object.assign(globalThis.attnbook, {
    /** A model from the file that the page's own code wrote. */
    readModel: (file) => ({ ...file, weights: unpackWeights(file.weights) }),
    encode, start, step, greedy, splitWords, encodeTokens,
  });
})();
