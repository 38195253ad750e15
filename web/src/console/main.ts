import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { i18n, setupI18n } from '@/lib/i18n'
import '@/ui/tokens.css'
import '@/ui/base.css'
import ConsoleApp from './ConsoleApp.vue'
import '@/ui/desk.css'
import { makeRouter } from './router'
import { useLook } from './shell/useLook'

useLook().ground('light')
await setupI18n(['common', 'errors', 'console'])
const app = createApp(ConsoleApp)
app.use(createPinia()).use(i18n).use(makeRouter())
app.mount('#app')
