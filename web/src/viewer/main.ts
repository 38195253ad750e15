import { createPinia } from 'pinia'
import { createApp } from 'vue'
import '@/ui/tokens.css'
import '@/ui/base.css'
import { i18n, setupI18n } from '@/lib/i18n'
import '@/lib/prefs'
import App from './App.vue'
import { router } from './router'

await setupI18n(['common', 'errors', 'viewer'])
createApp(App).use(createPinia()).use(i18n).use(router).mount('#app')
