import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  plugins: [vue()],
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    // Style sheets read as text (contrast, what a state may hide) must not arrive empty.
    css: { include: [/\.css\?raw$/] },
    // Both import plain CSS from their ES builds, which Node cannot load.
    server: { deps: { inline: ['vant', 'element-plus'] } },
  },
})
