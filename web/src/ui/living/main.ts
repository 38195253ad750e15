import { createPinia } from 'pinia'
import { createApp, defineComponent } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import '../tokens.css'
import '../base.css'
import { i18n, setupI18n } from '@/lib/i18n'
import './living.css'
import LivingPage from './LivingPage.vue'
import { change, dress, look } from './useLiving'

dress()
if (look.app === 'console') await import('../desk.css')
await setupI18n(['common', 'errors'])
await change({ lang: look.lang })
// Links inside demos lead nowhere: a memory of addresses is enough.
const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/:rest(.*)*', component: defineComponent(() => () => null) }] })
createApp(LivingPage).use(createPinia()).use(i18n).use(router).mount('#app')
