import fc from 'fast-check';
import { BodyCollector } from '../../src/zendesk/bodyCollector';

test('a body is whole and in order, whatever pieces it comes in', () => {
  const sizes = fc.array(fc.oneof(fc.nat(3), fc.integer({ min: 1000, max: 1100 }), fc.nat(70_000)), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const pieces = lengths.map((length, index) => Buffer.alloc(length, index % 251));
      const body = new BodyCollector();
      for (const piece of pieces) body.add(piece);
      const whole = body.whole();
      expect(Buffer.compare(whole, Buffer.concat(pieces))).toBe(0);
      expect(whole.buffer.byteLength).toBe(whole.length);
    }),
  );
});
