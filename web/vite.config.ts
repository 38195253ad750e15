import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { defineConfig, type Plugin } from 'vite'

// HAWKER_SERVER points the development server at another running Hawker.
const server = process.env.HAWKER_SERVER ?? 'http://127.0.0.1:8080'

// In production the Go server answers /console/* with console.html; the
// development server has to do the same for history-mode routes.
function consolePages(): Plugin {
  return {
    name: 'hawker-console-pages',
    configureServer(dev) {
      dev.middlewares.use((req, _res, next) => {
        if (req.url && /^\/console(\/[^.]*)?(\?.*)?$/.test(req.url)) req.url = '/console.html'
        next()
      })
    },
  }
}

// The design system's living page answers /ui, only here: `build.rolldownOptions.input` does
// not name it, and `apply` keeps the plugin itself out of a build.
function livingPage(): Plugin {
  return {
    name: 'hawker-living-page',
    apply: 'serve',
    configureServer(dev) {
      dev.middlewares.use((req, _res, next) => {
        if (req.url && /^\/ui\/?(\?.*)?$/.test(req.url)) req.url = '/ui.html'
        next()
      })
    },
  }
}

// The Go embed needs one file in dist before the first build; a build that empties the
// folder puts it back, so that the tree stays clean.
function embedPlaceholder(): Plugin {
  return {
    name: 'hawker-embed-placeholder',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: '.keep',
        source: 'The web build lands here (npm run build). This file keeps the Go embed compiling before it.\n',
      })
    },
  }
}

export default defineConfig({
  base: '/',
  resolve: { alias: { '@': new URL('./src', import.meta.url).pathname } },
  plugins: [
    vue(),
    consolePages(),
    livingPage(),
    embedPlaceholder(),
    // Vant arrives by use, behaviour only: each part's own CSS is imported
    // beside it, so that the icon font (an inlined data: URL) stays out.
    Components({ dirs: [], dts: false, resolvers: [VantResolver({ importStyle: false })] }),
  ],
  server: {
    port: 5173,
    proxy: {
      '/api': { target: server, ws: true },
      '/media': server,
      '/demo': server,
    },
  },
  build: {
    target: 'es2022',
    // Strict CSP: nothing is inlined as a data: URL, no module preload script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: {
        index: new URL('./index.html', import.meta.url).pathname,
        console: new URL('./console.html', import.meta.url).pathname,
      },
    },
  },
})
