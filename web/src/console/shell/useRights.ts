import { computed } from 'vue'
import { visibleMenu } from './menu'
import { useSession } from './useSession'

/** What the signed-in person may open, and the menu that follows from it. The server decides again on every call. */
export function useRights() {
  const { me, channels, shops, info } = useSession()
  const rights = computed(() => ({
    channel: channels.value.length > 0,
    shop: shops.value.length > 0,
    operator: me.value?.operator === true,
  }))
  return { rights, groups: computed(() => visibleMenu(rights.value, info.value?.features.sandboxPay === true)) }
}
