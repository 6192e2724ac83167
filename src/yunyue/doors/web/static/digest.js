// SHA-256 (FIPS 180-4) of a file piece by piece, as long ones cannot be held in memory; the browser's own takes all at once.
"use strict";

(() => {
  const primes = (count) => {
    const found = [];
    for (let one = 2; found.length < count; one += 1) if (found.every((prime) => one % prime)) found.push(one);
    return found;
  };
  const fraction = (number) => ((number - Math.floor(number)) * 2 ** 32) | 0;
  const FIRST = primes(8).map((one) => fraction(Math.sqrt(one)));
  const ROUND = Int32Array.from(primes(64).map((one) => fraction(Math.cbrt(one))));

  class Digest {
    constructor() {
      this.state = Int32Array.from(FIRST); this.words = new Int32Array(64);
      this.held = new Uint8Array(64); this.filled = 0; this.length = 0;
    }

    add(bytes) {
      this.length += bytes.length;
      let at = 0;
      if (this.filled) {
        at = Math.min(64 - this.filled, bytes.length);
        this.held.set(bytes.subarray(0, at), this.filled); this.filled += at;
        if (this.filled < 64) return this;
        this.block(this.held, 0); this.filled = 0;
      }
      for (; at + 64 <= bytes.length; at += 64) this.block(bytes, at);
      this.held.set(bytes.subarray(at)); this.filled = bytes.length - at;
      return this;
    }

    hex() {
      const bits = this.length * 8, tail = new Uint8Array((this.filled < 56 ? 64 : 128) - this.filled);
      const view = new DataView(tail.buffer);
      tail[0] = 0x80;
      view.setUint32(tail.length - 8, Math.floor(bits / 2 ** 32)); view.setUint32(tail.length - 4, bits >>> 0);
      this.add(tail);
      return [...this.state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
    }

    block(bytes, at) {
      const w = this.words, turn = (x, n) => (x >>> n) | (x << (32 - n));
      for (let i = 0, j = at; i < 16; i += 1, j += 4) w[i] = (bytes[j] << 24) | (bytes[j + 1] << 16) | (bytes[j + 2] << 8) | bytes[j + 3];
      for (let i = 16; i < 64; i += 1) {
        const x = w[i - 15], y = w[i - 2];
        w[i] = (w[i - 16] + w[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
      }
      let [a, b, c, d, e, f, g, h] = this.state;
      for (let i = 0; i < 64; i += 1) {
        const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + w[i]) | 0;
        const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
        h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
      }
      [a, b, c, d, e, f, g, h].forEach((word, i) => { this.state[i] = (this.state[i] + word) | 0; });
    }
  }

  window.Digest = Digest;
})();
